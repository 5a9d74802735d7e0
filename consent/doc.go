// Package consent is the domain of appleconsent: which delegated permissions an application needs tenant-wide
// (Requirement), what stands in a tenant (State), and the difference between the two (Diff), as plain values.
//
// Everything here is pure. The package reads no network, file, clock or environment and imports nothing of the
// project, so that every rule that decides what happens in a production directory can be tested as a table. How a
// state is read belongs to package graph; how a difference is shown, recorded, applied and taken back belongs to
// package plan.
//
//	requirement := consent.DefaultApplication().Require(consent.Choices{})
//	difference := consent.Diff(requirement, state)
//	if !difference.Satisfied() { … difference.Actions … }
package consent
