// Package simtest is what only tests need of the simulator; nothing else may import it, so that none of it is in
// the program. It adds to a simulated tenant other people than the admin, other permissions, a log of
// requests and hooks ([Server]), somebody who talks to it ([Client]), and the places beside Entra at which real
// programs get tokens: Microsoft's own host names ([ServeMicrosoft]), a managed identity and az.
package simtest
