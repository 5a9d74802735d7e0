package consent

// Route is the way in which users come to consent.
type Route string

// The routes: an admin consents once for all users, or the tenant lets users consent for themselves.
const (
	AdminConsent Route = "admin-consent"
	UserConsent  Route = "user-consent"
)

// RouteChoices returns the routes, the default first.
func RouteChoices() []Route { return []Route{AdminConsent, UserConsent} }
