// Package render holds what people read: every sentence about a result, and every form in which one is written. Text for a
// terminal, JSON, Markdown for tickets, one HTML page for a change board, a PowerShell script, a Terraform configuration.
//
// A result (Result) is made from a document by OfPlan, OfChange and the like. One sheet, which holds its data laid out but not
// escaped, feeds text, Markdown and HTML. The forms are rows of one table (forms); what a form can hold is asked before anything
// is written, and can be asked before anything is read (CanHold). The words for all kinds of objects of actions stand side by side in
// words_object.go, with their parts in sheets and scripts; those for notices are in words_notice.go, those for what doctor finds in
// words_doctor….go.
//
// All forms of a plan and of a change are made from the published documents alone, so that what is reviewed is what would be
// applied. The package is pure: it opens no file, reads no clock, no environment and no operating system, knows neither
// Microsoft Graph nor the command line but for the flags that a notice advises, and decides nothing about a tenant.
//
// Everything in a document may come from outside: names from the tenant, the rest from a file that was edited. Names are
// shown with control and formatting characters removed, and each form escapes them in one place of its own. Scripts go
// further. They hold scopes to grant or revoke and ids only if they are what this program itself would plan; a document
// that claims anything else is refused (plan.ErrRefused), so that no file becomes a script that grants more than the
// requirement.
//
//	doc, err := plan.ReadFile("plan.json")
//	page, err := render.Write(render.OfPlan(doc), render.HTML, render.PlainStyle(80))
package render
