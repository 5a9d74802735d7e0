package entra

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// What Entra says about a device code, in seconds.
const (
	deviceCodeLifetime = 900
	pollInterval       = 5
)

// device is a device code: an app on one device waits for a person at another.
type device struct {
	clientID string
	scope    string
	expires  time.Time
	polls    int
	redeemed bool
}

// startDeviceCode gives an app a code for a person to enter.
func (s *SignIn) startDeviceCode(form url.Values) (any, error) {
	if err := need(form, "client_id", "scope"); err != nil {
		return nil, err
	}
	if err := checkScopes(form.Get("scope")); err != nil {
		return nil, err
	}
	const address = "https://microsoft.com/devicelogin"
	name, userCode := opaque(), rand.Text()[:9]
	s.deviceCodes[name] = &device{
		clientID: form.Get("client_id"), scope: form.Get("scope"), expires: s.now().Add(deviceCodeLifetime * time.Second),
	}
	return map[string]any{
		"user_code": userCode, "device_code": name, "verification_uri": address,
		"expires_in": deviceCodeLifetime, "interval": pollInterval,
		"message": fmt.Sprintf(
			"To sign in, use a web browser to open the page %s and enter the code %s to authenticate.", address, userCode),
	}, nil
}

// pollDeviceCode tells an app how far the person is, and gives tokens once when the person is done.
func (s *SignIn) pollDeviceCode(r *http.Request, form url.Values) (any, error) {
	if err := need(form, "device_code"); err != nil {
		return nil, err
	}
	d, err := s.takeDeviceCode(form)
	if err != nil {
		return nil, err
	}
	if err := s.consent(d.scope); err != nil {
		return nil, err
	}
	who := s.whoSignsIn(form)
	who.scope = d.scope
	narrowed := url.Values{"client_info": form["client_info"]} // the scope is that of the device code
	return s.personDocument(r, narrowed, who)
}

// takeDeviceCode finds a device code with which the person is done, and makes it worthless.
func (s *SignIn) takeDeviceCode(form url.Values) (device, error) {
	now := s.now()
	d, known := s.deviceCodes[form.Get("device_code")]
	if !known || d.clientID != form.Get("client_id") {
		e := asSignInError(entraError(70000, "{parameter}", "device_code"))
		e.code = "bad_verification_code"
		return device{}, e
	}
	d.polls++
	switch {
	case d.redeemed:
		return device{}, entraError(54005)
	case now.After(d.expires):
		return device{}, entraError(70020)
	case d.polls <= s.Settings.Person.Pending:
		return device{}, entraError(70016)
	case s.Settings.Person.Expires:
		return device{}, entraError(70020)
	case s.Settings.Person.Declines:
		return device{}, entraError(70018)
	}
	d.redeemed = true
	return *d, nil
}
