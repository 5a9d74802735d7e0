package graph_test

import (
	"net/http"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

// What a server echoes of what it was sent is not shown: neither the token nor a part of it.
func TestErrors_holdNoToken(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(token string) http.HandlerFunc{
		"in the code and the message": func(token string) http.HandlerFunc { return wiretest.Refusal(403, "Odd"+token, "you sent "+token) },
		"its signature": func(token string) http.HandlerFunc {
			return wiretest.Refusal(403, "Odd", token[strings.LastIndex(token, ".")+1:])
		},
		"its claims, cut": func(token string) http.HandlerFunc {
			return wiretest.Refusal(400, "Odd", strings.Repeat("x", 280)+token)
		},
		"in the request id": func(token string) http.HandlerFunc { return wiretest.Refusal(403, "Odd", "odd", "request-id", token) },
		"as a content type": func(token string) http.HandlerFunc { return wiretest.Raw(200, "text/"+token, "x") },
		"as a header that is none": func(token string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err == nil {
					_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nodd " + token + "\r\n\r\n"))
					_ = conn.Close()
				}
			}
		},
		"in a link": func(token string) http.HandlerFunc {
			return wiretest.JSON(200, `{"value":[],"@odata.nextLink":"https://`+token+`.example.com/"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTenant(t, func(rw http.ResponseWriter, r *http.Request) {
				answer(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))(rw, r)
			})
			_, err := w.client().Read(t.Context(), allDevices)
			if err == nil {
				t.Fatal("got no error")
			}
			token := strings.TrimPrefix(w.Requests()[0].Header.Get("Authorization"), "Bearer ")
			for _, part := range append(strings.Split(token, "."), token[:40]) {
				if len(part) > 5 && strings.Contains(strings.ToLower(err.Error()), strings.ToLower(part)) {
					t.Errorf("the error shows %q:\n%v", part, err)
				}
			}
		})
	}
}

// A grant is read only if nothing of it is missing: what is taken for empty would be overwritten. Its id is never another
// address, and never that of another grant.
func TestGrants_whole(t *testing.T) {
	t.Parallel()
	good := grantRow("a", clientID, graphID, "AllPrincipals", "User.Read")
	for name, row := range map[string]string{
		"no scope":           strings.Replace(good, `"scope":"User.Read"`, `"x":1`, 1),
		"a number":           strings.Replace(good, `"User.Read"`, `5`, 1),
		"in other letters":   strings.Replace(good, `"scope"`, `"Scope"`, 1),
		"an id of two dots":  strings.Replace(good, `"a"`, `".."`, 1),
		"an id with a slash": strings.Replace(good, `"a"`, `"a/b"`, 1),
		"no resource":        strings.Replace(good, `"resourceId"`, `"resource"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if row == good {
				t.Fatal("nothing is wrong with it")
			}
			if g, found, err := newTenant(t, wiretest.JSON(200, row)).client().Grant(t.Context(), "a"); err == nil {
				t.Errorf("one: got %+v, %v", g, found)
			}
			list := wiretest.JSON(200, `{"value":[`+row+`]}`)
			if state, err := newTenant(t, wiretest.JSON(200, servicePrincipals), list).client().Read(t.Context(), allDevices); err == nil && len(state.OddGrants) != 1 {
				t.Errorf("a list: got %+v", state.Grants)
			}
			none := wiretest.JSON(200, `{"value":[]}`)
			if left, err := newTenant(t, none, none, list).client().Leftovers(t.Context(), clientID, nil); err == nil && left.None() {
				t.Errorf("leftovers: got %+v", left)
			}
		})
	}
	other := newTenant(t, wiretest.JSON(200, grantRow("b", clientID, graphID, "AllPrincipals", "User.Read")))
	if g, _, err := other.client().Grant(t.Context(), "a"); err == nil {
		t.Errorf("another grant: got %+v", g)
	}
	none := wiretest.JSON(200, `{"value":[]}`)
	if left, err := newTenant(t, wiretest.JSON(200, `{"value":[{"a":1}]}`), none, none).client().Leftovers(t.Context(), clientID, nil); err == nil {
		t.Errorf("an assignment without an id: got %+v", left)
	}
}

// A status that is no success of the write says nothing about whether it was carried out.
func TestWrites_uncertainStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{202, 203, 205, 206, 226} {
		err := newTenant(t, wiretest.Raw(status, "", "")).client().UpdateGrant(t.Context(), "a", consent.Scopes("User.Read"))
		checkUnanswered(t, status, err)
	}
	switching := newTenant(t, func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"))
			_ = conn.Close()
		}
	})
	checkUnanswered(t, 101, switching.client().DeleteGrant(t.Context(), "a"))
}

func checkUnanswered(t *testing.T, status int, err error) {
	t.Helper()
	answered, ok := err.(*wire.Error) //nolint:errorlint // it is never wrapped here
	if !ok || !answered.Unanswered() {
		t.Errorf("status %d: got error %v, want a lost answer", status, err)
	}
}
