# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:18 UTC.
# Tenant: Contoso
# Tenant ID: 7e000000-0000-4000-8000-000000000000
# Application: Apple Internet Accounts
# Warning: This opens more than Apple Mail: afterwards every user may consent to any application of a
#   | verified publisher that asks only for permissions classified as low impact, and these now
#   | include access to the user's whole mailbox. The tenant-wide grant is the narrower cure: it is
#   | for this one application, and users are asked nothing (--route admin-consent).
# Warning: This tenant shows no verified publisher for Apple Internet Accounts. The setting lets users
#   | consent to verified publishers only, so that they may still be refused.
# Warning: macOS Mail uses Exchange Web Services (EWS), which Microsoft is switching off in Exchange
#   | Online tenant by tenant since 1 October 2026 and for good on 1 April 2027. This grant alone does
#   | not make macOS Mail work: until then an Exchange administrator must also have set EWSEnabled to
#   | true and added f8d98a96-0999-43f5-8af3-69971c7bb423 to EwsAllowedAppIDs. iOS and iPadOS use
#   | ActiveSync and are not affected.
# Note: An app is refused if it asks for a single permission that is not classified. Other tenants
#   | also had to classify openid, profile, email and offline_access; this program leaves those as
#   | they are.
#
# NOTHING TO DO, this script does nothing: Users of the tenant may consent to Apple Mail for
#   | themselves.
