# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:17 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: cfef71be-f185-8827-93e8-32b3439f058b
# Application: Apple Internet Accounts
# Warning: macOS Mail uses Exchange Web Services (EWS), which Microsoft is switching off in Exchange
#   | Online tenant by tenant since 1 October 2026 and for good on 1 April 2027. This grant alone does
#   | not make macOS Mail work: until then an Exchange administrator must also have set EWSEnabled to
#   | true and added f8d98a96-0999-43f5-8af3-69971c7bb423 to EwsAllowedAppIDs. iOS and iPadOS use
#   | ActiveSync and are not affected.
#
# NOTHING TO DO, this script does nothing: All required scopes are granted for all users of the
#   | tenant.
