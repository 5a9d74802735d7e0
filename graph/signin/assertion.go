package signin

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// assertions keep the last assertion of a workload while it is good for some time to come.
type assertions struct {
	mu   sync.Mutex
	last string
	ends time.Time
}

// keep returns the one that is kept, or gets one. Of nil it gets one each time.
func (a *assertions) keep(get func() (string, error)) (string, error) {
	if a == nil {
		return get()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now() //nolint:forbidigo // by which Entra judges it, too
	if now.Add(refreshBefore).Before(a.ends) {
		return a.last, nil
	}
	fresh, err := get()
	if err == nil {
		a.last, a.ends = fresh, endOf(fresh)
	}
	return fresh, err
}

// endOf is when a JSON web token ends; the zero time for what does not say.
func endOf(token string) time.Time {
	parts := strings.Split(token, ".")
	var claims struct {
		Ends int64 `json:"exp"`
	}
	if len(parts) != 3 {
		return time.Time{}
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return time.Time{}
	}
	return time.Unix(claims.Ends, 0)
}
