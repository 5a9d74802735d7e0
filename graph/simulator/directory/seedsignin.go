package directory

import (
	"fmt"
	"time"

	"appleconsent/graph/simulator/identity"
)

const day = 24 * time.Hour

// Failure is a sign-in to Apple's app that a tenant begins with.
type Failure struct {
	User string // without a domain
	Code int    // the AADSTS number with which it failed; 0: it succeeded
	Age  time.Duration
}

// plantSignIns adds the failures, and if the scenario begins with Apple's app, some sign-ins that succeeded.
func (d *Directory) plantSignIns(s Seed) {
	d.SignIns = []SignIn{}
	for _, f := range s.Failures {
		d.signIn(f)
	}
	if s.Client == "" {
		return
	}
	for i, user := range []string{"adele", "alex", "megan", "adele"} {
		d.signIn(Failure{user, 0, 5*time.Hour + time.Duration(i)*27*time.Hour})
	}
}

// signIn adds one to what the log has.
func (d *Directory) signIn(f Failure) {
	user := newUser(d.TenantID, f.User)
	d.SignIns = append(d.SignIns, SignIn{
		ID: identity.ObjectID(d.TenantID, "signIn", fmt.Sprint(len(d.SignIns))), Age: f.Age, ErrorCode: f.Code,
		UserID: user.ID, UserDisplayName: user.DisplayName, UserPrincipalName: user.UserPrincipalName,
		AppID: identity.AppleAppID, AppDisplayName: identity.AppleDisplayName, ResourceAppID: identity.ExchangeAppID,
	})
}

// FailuresOf are failures with one number, some hours apart, of one user after the other.
func FailuresOf(code, count int, users ...string) []Failure {
	var list []Failure
	for i := range count {
		list = append(list, Failure{users[i%len(users)], code, time.Duration(i*5+1) * time.Hour})
	}
	return list
}

// BlockedUsers fail for a lack of consent, forty times in a week and more often from day
// to day, and a few of them for other reasons or earlier.
func BlockedUsers() []Failure {
	users := []string{
		"adele", "alex", "megan", "diego", "grady", "henrietta", "isaiah", "johanna", "lee", "lidia", "miriam", "nestor",
	}
	var list []Failure
	for daysAgo, count := range []int{10, 8, 7, 5, 4, 4, 2} {
		for i := range count {
			code := 90094
			if i%3 == 0 {
				code = 65001
			}
			age := time.Duration(daysAgo)*day + time.Hour + time.Duration(i)*97*time.Minute
			list = append(list, Failure{users[len(list)%len(users)], code, age})
		}
	}
	for i := range 3 {
		list = append(list, Failure{users[i], 50126, time.Duration(i)*2*day + 11*time.Hour})
	}
	for i := range 5 {
		list = append(list, Failure{users[i], 65001, time.Duration(9+2*i) * day})
	}
	return list
}
