// Package doctor answers the question behind a plan: will the users of Apple Mail be fine now, and if not, why? It judges
// what was read of a tenant (Facts) in a fixed list of checks (Examine), each of which says what was found, why it matters
// and what to do.
//
// Like package consent it is pure: it reads no network, file, clock or environment. How the facts are read belongs to
// package graph, how checks are shown to package plan. A fact that could not be read never fails the others: its checks
// are skipped and say what is lacking.
package doctor
