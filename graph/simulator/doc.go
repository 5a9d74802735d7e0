// Package simulator is a Microsoft Entra tenant in memory, behind a real HTTP
// handler: Microsoft Graph v1.0 as far as delegated permission grants need it, and
// what decides who may consent or is kept out, with one path of beta; and as much of
// Entra as it takes to sign in, and to consent for everybody. It serves rehearsals
// (--simulate) and is the test bed of everything that talks to Graph.
//
// What lives here: the directory and how it is kept between processes, the
// named scenarios, the routes with the permissions that open them, Graph's
// error bodies, the two ways in which real tenants try a client's patience
// (throttling and late visibility, counted in requests), and rules, by which a
// tenant, or what stands between it and the client, misbehaves on purpose.
//
// What must not: anything that knows what the program wants to grant, any other
// package of this module, the Graph SDK. The simulator is written from
// Microsoft's documentation, so that it can contradict the client.
//
//	server, err := simulator.New(simulator.Options{Scenario: "fresh"})
//	…
//	baseURL, stop, err := simulator.Serve(ctx, "127.0.0.1:0", server)
//
// Graph is below baseURL + "/v1.0", the sign-in endpoints of every tenant name
// below baseURL itself. Apps sign in with client credentials or as a managed
// identity ([Server.ManagedIdentity]); people in a browser, with a device code, or
// at once by the grant type [SimulatedAdmin]. An admin consents to all that an app
// registered at /{tenant}/adminconsent. [ServeMicrosoft] shows all of it
// under Microsoft's host names.
package simulator
