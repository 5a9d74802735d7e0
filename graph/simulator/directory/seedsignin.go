package directory

import (
	"fmt"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

const day = 24 * time.Hour

// Failures are sign-ins to Apple's app that failed with one number, some hours apart, of one user after the other.
type Failures struct {
	Code  int      `json:"code"` // the AADSTS number
	Count int      `json:"count"`
	Users []string `json:"users"` // without a domain
	Graph bool     `json:"graph"` // they were to Microsoft Graph, not to Exchange Online
}

// plantSignIns adds the failures, and if the scenario begins with Apple's app, some sign-ins that succeeded.
func (d *Directory) plantSignIns(s Seed) {
	d.SignIns = []SignIn{}
	for i := range s.Failures.Count {
		d.signIn(s.Failures.Users[i%len(s.Failures.Users)], s.Failures.Code, time.Duration(i*5+1)*time.Hour)
		if s.Failures.Graph {
			d.SignIns[i].ResourceAppID = identity.GraphAppID
		}
	}
	if s.UsersBlocked {
		d.plantBlocked()
	}
	if s.Client == "" {
		return
	}
	for i, user := range []string{"adele", "alex", "megan", "adele"} {
		d.signIn(user, 0, 5*time.Hour+time.Duration(i)*27*time.Hour)
	}
}

// signIn adds one to what the log has; the number is 0 if it succeeded.
func (d *Directory) signIn(name string, number int, age time.Duration) {
	user := newUser(d.TenantID, name)
	d.SignIns = append(d.SignIns, SignIn{
		ID: identity.ObjectID(d.TenantID, "signIn", fmt.Sprint(len(d.SignIns))), Age: age, ErrorCode: number,
		UserID: user.ID, UserDisplayName: user.DisplayName, UserPrincipalName: user.UserPrincipalName,
		AppID: identity.AppleAppID, AppDisplayName: identity.AppleDisplayName, ResourceAppID: identity.ExchangeAppID,
	})
}

// plantBlocked adds users who fail for a lack of consent, forty times in a week and more often from day
// to day, and a few of them for other reasons or earlier.
func (d *Directory) plantBlocked() {
	users := strings.Fields("adele alex megan diego grady henrietta isaiah johanna lee lidia miriam nestor")
	for daysAgo, count := range []int{10, 8, 7, 5, 4, 4, 2} {
		for i := range count {
			number := 90094
			if i%3 == 0 {
				number = 65001
			}
			d.signIn(users[len(d.SignIns)%len(users)], number, time.Duration(daysAgo)*day+time.Hour+time.Duration(i)*97*time.Minute)
		}
	}
	for i := range 3 {
		d.signIn(users[i], 50126, time.Duration(i)*2*day+11*time.Hour)
	}
	for i := range 5 {
		d.signIn(users[i], 65001, time.Duration(9+2*i)*day)
	}
}
