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
# NOTHING TO CHANGE: Users of the tenant may consent to Apple Mail for themselves. What follows only
#   | takes over what stands, for those who want to keep it in Terraform.
# The blocks terraform and provider are for a folder of its own; elsewhere leave them out.
#
# claim_values is the whole of a grant. The provider owns it: scopes that somebody grants later are removed by the next
# terraform apply, unless they are added here. Read the plan of Terraform before you say yes.

terraform {
  required_version = ">= 1.7.0"

  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }
}

provider "azuread" {
  tenant_id   = "7e000000-0000-4000-8000-000000000000"
  environment = "global"
}

import {
  to = azuread_service_principal.apple_mail
  id = "/servicePrincipals/c1000000-0000-4000-8000-000000000001"
}

# It stands already. Its settings stay as they are, and Terraform does not delete it.
resource "azuread_service_principal" "apple_mail" {
  client_id = "f8d98a96-0999-43f5-8af3-69971c7bb423"

  lifecycle {
    ignore_changes  = all
    prevent_destroy = true
  }
}

data "azuread_service_principal" "exchange_online" {
  client_id = "00000002-0000-0ff1-ce00-000000000000"
}

import {
  to = azuread_service_principal_delegated_permission_grant.exchange_online
  id = "/oauth2PermissionGrants/1-3"
}

resource "azuread_service_principal_delegated_permission_grant" "exchange_online" {
  service_principal_object_id          = azuread_service_principal.apple_mail.object_id
  resource_service_principal_object_id = data.azuread_service_principal.exchange_online.object_id
  claim_values = [
    "EAS.AccessAsUser.All",
    "IMAP.AccessAsUser.All",
  ]

  lifecycle {
    prevent_destroy = true
  }
}
