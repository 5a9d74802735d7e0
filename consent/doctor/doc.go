// Package doctor answers the question behind a plan: will the users of Apple Mail be fine now, and if not, why? It judges
// what was read of a tenant (Facts) in a fixed list of checks (Examine). Each says what was found and what to do as codes
// with parameters; the words for them belong to plan/render.
//
// Like package consent it is pure: it reads no network, file, clock or environment, and it holds no sentence and no flag.
// How the facts are read belongs to package graph. A fact that could not be read never fails the others: its checks are
// skipped and say what is lacking.
package doctor
