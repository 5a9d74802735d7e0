# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:17 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Warning: The service principal is created anew: it gets another object ID and creation time than the
#   | one that was deleted, and its grants get other ids. App role assignments and settings that it
#   | had do not come back.
#
# The blocks terraform and provider are for a folder of its own; elsewhere leave them out.
#
# claim_values is the whole of a grant. The provider owns it: scopes that somebody grants later are removed by the next
# terraform apply, unless they are added here. Read the plan of Terraform before you say yes.
#
# Terraform deletes only what its own state holds. The removed blocks below work where what they name came into the
# state by an earlier configuration of this kind; elsewhere they do nothing: use appleconsent rollback, or the same plan
# as a PowerShell script.

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

# It is declared as new. If it stands by then, import it; use_existing would reset its settings to the provider's presets.
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
