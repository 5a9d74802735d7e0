// Package render holds what people read. It turns a plan, a status or a change record into text for a terminal, JSON, Markdown
// for tickets, one HTML page for a change board, a PowerShell script and a Terraform configuration, and makes what doctor and
// link print.
//
// All forms of a plan and of a change are made from the published documents alone, so that what is reviewed is what would be
// applied. The package is pure: it opens no file, reads no clock and no environment, knows neither Microsoft Graph nor the
// command line, and decides nothing about a tenant.
//
// Everything in a document may come from outside: names from the tenant, the rest from a file that was edited. Names are
// shown with control and formatting characters removed, and each form escapes them in one place of its own. Scripts go
// further. They hold scopes to grant or revoke and ids only if they are what this program itself would plan; a document
// that claims anything else is refused (ErrRefused), so that no file becomes a script that grants more than the
// requirement.
//
//	doc, err := plan.ReadFile("plan.json")
//	page, err := render.Plan(doc, render.HTML, render.PlainStyle(80))
package render
