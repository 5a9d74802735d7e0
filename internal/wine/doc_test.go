// Package wine_test runs the program that is built for Windows, on Linux under Wine: the story of the README, files that others
// hold, full disks, kills, Ctrl-C, consoles, and commands that are pasted into cmd. The tenant is a simulated one of the test's own.
//
// It takes Wine, the compiler of mingw-w64 and a build of the program for Windows, which takes minutes on a cold cache, and so
// runs with APPLECONSENT_TEST=full only. What Wine is not, and what was never run on Windows itself, is in docs/platforms.md.
package wine_test
