// Package simulator is a Microsoft Entra tenant in memory, behind a real HTTP handler: Microsoft Graph v1.0 as far as
// delegated permission grants need it, and what decides who may consent or is kept out, with one path of beta; and as
// much of Entra as it takes to sign in, and to consent for everybody. It serves rehearsals (--simulate) and is the test
// bed of everything that talks to Graph.
//
// What lives here: the server that puts the two halves behind one address, the named scenarios, how a tenant is kept
// between processes, and rules (--fault), by which a tenant, or what stands between it and the client, misbehaves on
// purpose. The halves are directory, which answers as Graph, and entra, which lets people and apps sign in. They do not
// import each other: both know the package identity (ids, registered applications, tokens), and entra asks for admin
// consent through an interface. What only tests need (a log of requests, hooks, other people than the admin) is in
// simtest and not in the program.
//
// What must not live here: anything that knows what the program wants to grant, the Graph SDK, any other package of this
// module but internal/disk. The simulator is written from Microsoft's documentation, so that it can contradict the client.
//
//	server, err := simulator.New(simulator.Options{Scenario: "fresh"})
//	…
//	baseURL, stop, err := simulator.Serve(ctx, "127.0.0.1:0", server)
//
// Graph is below baseURL + "/v1.0", the sign-in endpoints of every tenant name below baseURL itself. Apps sign in with
// client credentials; people in a browser, with a device code, or at once by the grant type [entra.SimulatedAdmin]. An
// admin consents to all that an app registered at /{tenant}/adminconsent.
package simulator
