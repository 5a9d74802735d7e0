package entra

import (
	"net/http"
	"sync"

	"appleconsent/graph/simulator/identity"
)

// OAuth's errors, as far as more than one refusal has them.
const (
	invalidClient      = "invalid_client"
	invalidGrant       = "invalid_grant"
	invalidRequest     = "invalid_request"
	unauthorizedClient = "unauthorized_client"
	accessDenied       = "access_denied"
)

// What the second word of a refusal tells libraries.
const (
	basicAction     = "basic_action"     // a person can do something about it
	messageOnly     = "message_only"     // a person can only read it
	consentRequired = "consent_required" // a person has to consent
	badToken        = "bad_token"        // the refresh token will never work again
)

// refusals are what Entra says, by the number behind AADSTS. Words in braces are filled in for each request.
//
// learn.microsoft.com/entra/identity-platform/reference-error-codes
var refusals = sync.OnceValue(func() map[int]signInError {
	const bad = http.StatusBadRequest
	client := func(message string) signInError {
		return signInError{status: http.StatusUnauthorized, code: invalidClient, message: message}
	}
	grant := func(subError, message string) signInError {
		return signInError{status: bad, code: invalidGrant, subError: subError, message: message}
	}
	other := func(code, message string) signInError {
		return signInError{status: bad, code: code, message: message}
	}
	const (
		moved   = "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
		toGraph = " to access '" + identity.GraphAppID + "'."
		stray   = "This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in " +
			"the tenant. "
		guest = "User account '{user}' from identity provider 'https://sts.windows.net/{home}/' does not exist in tenant '{tenant}' and cannot " +
			"access the application '{app}' in that tenant. The account needs to be added as an external user in the tenant first. Sign out and " +
			"sign in again with a different Azure Active Directory user account."
		certDoc = "Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
		fedDoc  = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
	)
	return map[int]signInError{
		// The app and its credential.
		7000215: client("Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client " +
			"secret ID, for a secret added to app '{app}'."),
		7000222: client("The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys for your app: " +
			"https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."),
		700024: client("Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of " +
			"assertion {to}. " + certDoc),
		700027: client("The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key " +
			"was not found., Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{app}'. " +
			"Review the documentation at https://learn.microsoft.com/graph/deployments to determine the corresponding service endpoint.]"),
		700213: client("No matching federated identity record found for presented assertion subject '{subject}'. Check your federated identity " +
			"credential Subject, Audience and Issuer against the presented assertion. " + fedDoc),
		70021: client("No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. Assertion Subject: " +
			"'{subject}'. Assertion Audience: 'api://AzureADTokenExchange'. " + fedDoc),
		50027: client("JWT token is invalid or malformed."),
		700030: client("Invalid certificate - subject name in certificate is not authorized. SubjectNames/SubjectAlternativeNames (up to 10) in token " +
			"certificate are: 'CN=other'. AuthorizedSubjectNames in list of subjects are: 'CN=one'."),
		7000229: client("The client application {app} is missing service principal in the tenant {tenant}. See instructions here: " +
			"https://go.microsoft.com/fwlink/?linkid=2225119"),
		700016: other(unauthorizedClient, "Application with identifier '{app}' was not found in the directory '{tenant}'. "+
			stray+"You may have sent your authentication request to the wrong tenant."),
		7000112: other(unauthorizedClient, "Application '{app}' is disabled."),
		500112:  other(invalidClient, "The reply address '{uri}' does not match the reply address provided when requesting Authorization code."),
		50011: other(invalidRequest, "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the "+
			"application '{app}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. "+
			"Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this."),

		// The tenant and the resource.
		900021: other(invalidRequest, "Requested tenant identifier '{tenant}' is not valid. Tenant identifiers may not be an empty GUID."),
		5000224: other(unauthorizedClient, "We are sorry, this resource is not available. If you are seeing this message by mistake, please contact "+
			"Microsoft support."),
		500021: other(accessDenied, "Access to '{tenant}' tenant is denied."),
		500014: other("invalid_resource", "The service principal for resource '{resource}' is disabled. This indicate that a subscription within the "+
			"tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it."),
		650052: other(invalidClient, "The app is trying to access a service '{resource}' that your organization '{tenant}' lacks a service "+
			"principal for. Contact your IT Admin to review the configuration of your service subscriptions."),
		90033: {status: bad, code: "temporarily_unavailable", message: "A transient error has occurred. Please try again."},
		90002: other(invalidRequest, "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "+
			"correct cloud."),
		50049: other("invalid_instance", "Unknown or invalid instance."),
		500011: other("invalid_resource", "The resource principal named {resource} was not found in the tenant named {tenant}. "+stray+"You "+
			"might have sent your authentication request to the wrong tenant."),

		// Consent.
		65001: grant(consentRequired, "The user or administrator has not consented to use the application with ID '{app}'. Send an interactive "+
			"authorization request for this user and resource."),
		65002: other(invalidGrant, "Consent between first party application '{app}' and first party resource '"+identity.GraphAppID+"' must be configured "+
			"via preauthorization - applications owned and operated by Microsoft must get approval from the API owner before requesting tokens for "+
			"that API."),
		90093: other(accessDenied, "Graph returned with a forbidden error code for the request."),
		65004: other(accessDenied, "User declined to consent to access the app. The user must consent to the requested permissions."),
		90094: other(accessDenied, "The grant requires admin permission. Administrator consent is required."),

		// The person, and what is asked of people.
		50020: grant("", guest),
		90072: grant("", guest),
		16000: grant(basicAction, guest),
		50177: grant(messageOnly, "External challenge isn't supported for passthrough users."),
		50105: grant(messageOnly, "Your administrator has configured the application '{app}' to block users unless they are specifically granted "+
			"('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with "+
			"access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this "+
			"application."),
		50074: grant(basicAction, "Strong Authentication is required."),
		50076: grant(basicAction, moved+"use multi-factor authentication"+toGraph),
		50079: grant(basicAction, moved+"enroll in multi-factor authentication"+toGraph),
		53000: grant(messageOnly, "Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and "+
			"the device is not compliant. The user must enroll their device with an approved MDM provider like Intune."),
		50005: grant(messageOnly, "User tried to log in to a device from a platform (Unknown) that is currently not supported through Conditional "+
			"Access policy."),
		50097: grant(basicAction, "Device authentication is required."),
		50131: grant(messageOnly, "Device is not in required device state: known. Or, the request was blocked due to suspicious activity, access "+
			"policy, or security policy decisions."),
		50199: grant(basicAction, "For security reasons, user confirmation is required for this request. Please repeat the request allowing user "+
			"interaction."),
		53011:  grant(messageOnly, "User blocked due to risk on home tenant."),
		530003: grant(basicAction, "Your device is required to be managed to access this resource."),
		530084: grant(messageOnly, "Access has been blocked by conditional access token protection policy configured by this organization. "+
			"Application is not supporting Token Protection."),
		53003: grant(messageOnly, "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."),
		530032: grant(messageOnly, "Access has been blocked by Conditional Access policies. The tenant admin has configured a security policy "+
			"that blocks this request."),

		// What was issued before.
		50173: grant(badToken, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have "+
			"changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not "+
			"valid) for this user is '{from}'."),
		70043: grant(badToken, "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was "+
			"issued on {issued} and the maximum allowed lifetime for this request is 86400."),
		700082: grant(badToken, "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for "+
			"90.00:00:00."),
		70000: grant("", "The provided value for the input parameter '{parameter}' is not valid."),
		70008: grant("", "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization "+
			"request for this user and resource."),
		54005:   grant("", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."),
		501481:  grant("", "The Code_Verifier does not match the code_challenge supplied in the authorization request."),
		50149:   other(invalidRequest, "Invalid Code_Challenge_method parameter."),
		501491:  other(invalidRequest, "Invalid size of Code_Challenge parameter."),
		70005:   other("unsupported_response_type", "The app returned an unsupported response type."),
		70007:   other(invalidRequest, "The app returned an unsupported value of response_mode when requesting a token."),
		70016:   other("authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
		70018:   other("authorization_declined", "Authorization isn't approved: the user declined the request of the device code."),
		70020:   other("expired_token", "The provided value for the input parameter 'device_code' is not valid. This device code has expired."),
		7000218: client("The request body must contain the following parameter: 'client_assertion' or 'client_secret'."),
	}
})
