// Package operation has the use cases: look at a tenant, examine it, plan and carry out a change, roll one back, wait for
// grants that somebody else gives.
//
// Everything is done for one tenant in a Session, over the interface Tenant, a plan.Journal, a clock and a Reporter that hears
// what is going on. Sessions share nothing that changes, so that many can be at work side by side; one session does one thing
// at a time.
//
// It knows no terminal, no flag, no exit code and no sentence about results: a question is a function that is passed in
// (Terms), and what came of it is a value or a typed error.
package operation
