package simulator

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// failure is a sign-in to Apple's app that a scenario begins with, and the number with
// which it failed.
type failure struct {
	user string
	code int
	age  time.Duration
}

// plantSignIns adds the failures, and if the scenario begins with Apple's app, some
// sign-ins that succeeded.
func (d *Directory) plantSignIns(s seed) {
	d.SignIns = []SignIn{}
	for _, f := range s.failures {
		d.signIn(f)
	}
	if s.client == "" {
		return
	}
	for i, user := range []string{"adele", "alex", "megan", "adele"} {
		d.signIn(failure{user, 0, 5*time.Hour + time.Duration(i)*27*time.Hour})
	}
}

// signIn adds one to what the log has.
func (d *Directory) signIn(f failure) {
	user := newUser(d.TenantID, f.user)
	d.SignIns = append(d.SignIns, SignIn{
		ID:                objectID(d.TenantID, "signIn", fmt.Sprint(len(d.SignIns))),
		Age:               f.age,
		UserID:            user.ID,
		UserDisplayName:   user.DisplayName,
		UserPrincipalName: user.UserPrincipalName,
		AppID:             appleAppID,
		AppDisplayName:    appleDisplayName,
		ResourceAppID:     exchangeAppID,
		ErrorCode:         f.code,
	})
}

// failuresOf are failures with one number, some hours apart, of one user after the other.
func failuresOf(code, count int, users ...string) []failure {
	var list []failure
	for i := range count {
		list = append(list, failure{users[i%len(users)], code, time.Duration(i*5+1) * time.Hour})
	}
	return list
}

// blockedUsers fail for a lack of consent, forty times in a week and more often from day
// to day, and a few of them for other reasons or earlier.
func blockedUsers() []failure {
	users := []string{
		"adele", "alex", "megan", "diego", "grady", "henrietta", "isaiah", "johanna", "lee", "lidia", "miriam", "nestor",
	}
	var list []failure
	for daysAgo, count := range []int{10, 8, 7, 5, 4, 4, 2} {
		for i := range count {
			code := 90094
			if i%3 == 0 {
				code = 65001
			}
			age := time.Duration(daysAgo)*day + time.Hour + time.Duration(i)*97*time.Minute
			list = append(list, failure{users[len(list)%len(users)], code, age})
		}
	}
	for i := range 3 {
		list = append(list, failure{users[i], 50126, time.Duration(i)*2*day + 11*time.Hour})
	}
	for i := range 5 {
		list = append(list, failure{users[i], 65001, time.Duration(9+2*i) * day})
	}
	return list
}
