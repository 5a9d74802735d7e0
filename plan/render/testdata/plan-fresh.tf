# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:17 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Warning: On macOS, Apple Mail uses Exchange Web Services (EWS). Microsoft has been switching EWS off
#   | in Exchange Online tenant by tenant since 1 October 2026, and switches it off for good on 1
#   | April 2027. Consent alone does not make it work on macOS: until then Exchange must allow it,
#   | too, with EwsEnabled true and f8d98a96-0999-43f5-8af3-69971c7bb423 in EwsAllowedAppIDs. A first
#   | entry in that list can lock out all other apps that use EWS: the script that doctor -o
#   | powershell writes looks first. iOS and iPadOS use ActiveSync and are not affected.
#
# If you put this file in the place of another one: Terraform deletes what its state holds and no file declares any more,
# prevent_destroy or not. To let go of something without deleting it, put this in place of its resource and import blocks:
#
#   removed {
#     from = azuread_service_principal_delegated_permission_grant.exchange_online
#     lifecycle {
#       destroy = false
#     }
#   }
#
# The blocks terraform and provider are for a folder of its own; elsewhere leave them out.
#
# claim_values is the whole of a grant. The provider owns it, and writes it in an order of its own: scopes that somebody
# grants later are removed by the next terraform apply, unless they are added here. Read the plan of Terraform before you
# say yes.

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
  tenant_id   = "d01aed31-7639-880a-9db0-325bac4c721e"
  environment = "global"
}

# It is declared as new. If it exists by then, import it; use_existing would reset its settings to the provider's presets.
resource "azuread_service_principal" "apple_mail" {
  client_id = "f8d98a96-0999-43f5-8af3-69971c7bb423"

  lifecycle {
    ignore_changes = all
  }
}

data "azuread_service_principal" "microsoft_graph" {
  client_id = "00000003-0000-0000-c000-000000000000"
}

resource "azuread_service_principal_delegated_permission_grant" "microsoft_graph" {
  service_principal_object_id          = azuread_service_principal.apple_mail.object_id
  resource_service_principal_object_id = data.azuread_service_principal.microsoft_graph.object_id
  claim_values = [
    "User.Read",
  ]
}

data "azuread_service_principal" "exchange_online" {
  client_id = "00000002-0000-0ff1-ce00-000000000000"
}

resource "azuread_service_principal_delegated_permission_grant" "exchange_online" {
  service_principal_object_id          = azuread_service_principal.apple_mail.object_id
  resource_service_principal_object_id = data.azuread_service_principal.exchange_online.object_id
  claim_values = [
    "EAS.AccessAsUser.All",
    "EWS.AccessAsUser.All",
  ]
}
