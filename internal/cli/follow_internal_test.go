package cli

import "testing"

// Records are found without a sign-in and know no domains, so that history is suggested without either.
func TestFollow_command(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-555555555555"
	f := follow{connection: []string{"--tenant", "contoso.com", "--auth", "device-code", "--client-id", id, "--cloud", "usgov", "--state-dir", "s"}}
	for _, test := range []struct {
		in   follow
		word string
		want string
	}{
		{f, "history", "appleconsent history --state-dir s"},
		{f.at(id), "history", "appleconsent history --tenant " + id + " --state-dir s"},
		{f.at(id), "status", "appleconsent status --tenant " + id + " --auth device-code --client-id " + id + " --cloud usgov --state-dir s"},
		{follow{}.at(id), "plan", "appleconsent plan --tenant " + id},
		{follow{connection: []string{"--simulate", "fresh"}}.at(id), "plan", "appleconsent plan --simulate fresh"},
	} {
		if got := test.in.command(test.word); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
