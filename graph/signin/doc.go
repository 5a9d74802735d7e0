// Package signin gets access tokens for Microsoft Graph from Entra.
//
// What lives here: the ways to sign in, by way of azidentity (certificates, pipelines and machines, the Azure CLI, persons with a
// browser or a device code) and to a simulated tenant; who signed in on this machine and where tokens are kept; what a token
// says about who holds it; what is behind a refusal. A sign-in sends its requests to the hosts of the chosen cloud alone and
// returns how the last one ended beside its token: many may run at the same time over one wire.Network, each with secrets of its
// own.
//
//	credential, err := signin.Options{Auth: signin.AuthAuto, …}.Choose()
//	token, err := credential.Tokens(clock, onWait).Token(ctx)
//
// What must not: the Graph SDK, what is read or changed in Graph, the flags of a command line. No error holds a token or a part of
// one.
package signin
