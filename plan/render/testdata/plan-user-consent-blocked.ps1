# WARNING: This affects other apps than Apple Mail, too: users can then consent to any app of a
#   | verified publisher that requests only permissions classified as low impact, which now include
#   | access to the user's whole mailbox. The tenant-wide grant (--route admin-consent) is narrower:
#   | it is for this one app, and users see no prompt.
# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:18 UTC.
# Tenant: Contoso
# Tenant ID: 7e000000-0000-4000-8000-000000000000
# Application: Apple Internet Accounts
# Blocked: User.Read on Microsoft Graph is classified as high impact in this tenant, which this
#   | program does not change. Remove the classification in the Entra admin center under Enterprise
#   | apps > Consent and permissions > Permission classifications, or use --route admin-consent.
# Warning: Users can already consent to Apple Mail themselves, so this route is not needed.
# Warning: Microsoft manages the user-consent setting of this tenant. Some such tenants accept another
#   | setting and then discard it. The setting is read back; exit code 4 means that it was discarded.
# Warning: This tenant shows no verified publisher for Apple Internet Accounts. The setting lets users
#   | consent to verified publishers only, so they may still be refused.
# Warning: On macOS, Apple Mail uses Exchange Web Services (EWS). Microsoft has been switching EWS off
#   | in Exchange Online tenant by tenant since 1 October 2026, and switches it off for good on 1
#   | April 2027. Consent alone does not make it work on macOS: until then Exchange must allow it,
#   | too, with EwsEnabled true and f8d98a96-0999-43f5-8af3-69971c7bb423 in EwsAllowedAppIDs. A first
#   | entry in that list can lock out all other apps that use EWS: the script that doctor -o
#   | powershell writes looks first. iOS and iPadOS use ActiveSync and are not affected.
# Note: Current setting: Microsoft manages user consent, and its list of mail clients lets users
#   | consent to Apple Mail (ManagePermissionGrantsForSelf.microsoft-user-default-recommended,
#   | ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps).
# Note: An app is refused if it requests any permission that is not classified. Other tenants also had
#   | to classify openid, profile, email and offline_access; this program does not change those.
#
# BLOCKED, this script ends with an error and changes nothing: 3 of 3 required permissions not
#   | classified as low impact in Contoso. The user-consent setting is not the required one. Nothing
#   | can be changed until this is resolved.

$ErrorActionPreference = 'Stop'
throw 'Blocked: User.Read on Microsoft Graph is classified as high impact in this tenant, which this program does not change. Remove the classification in the Entra admin center under Enterprise apps > Consent and permissions > Permission classifications, or use --route admin-consent. 3 of 3 required permissions not classified as low impact in Contoso. The user-consent setting is not the required one. Nothing can be changed until this is resolved.'
