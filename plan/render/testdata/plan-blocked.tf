# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:17 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: 9122b189-ea09-8e89-b7c2-dd26c7feb6c5
# Application: Apple Internet Accounts
# Blocked: This tenant has no service principal for Office 365 Exchange Online
#   | (00000002-0000-0ff1-ce00-000000000000), so nothing can be granted on it. Nothing is changed on
#   | any resource while it is missing.
# Warning: macOS Mail uses Exchange Web Services (EWS), which Microsoft is switching off in Exchange
#   | Online tenant by tenant since 1 October 2026 and for good on 1 April 2027. This grant alone does
#   | not make macOS Mail work: until then an Exchange administrator must also have set EWSEnabled to
#   | true and added f8d98a96-0999-43f5-8af3-69971c7bb423 to EwsAllowedAppIDs. iOS and iPadOS use
#   | ActiveSync and are not affected.
#
# NOTHING TO DECLARE: 3 of 3 required scopes missing. Nothing can be changed until what is in the way
#   | is gone.
