# SIMULATION: this tenant is not real.
# Origin: Made by appleconsent from the record of change 20261124T135818Z-a38900 of 2026-11-24
#   | 13:58:18 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Operator: admin@contoso.example
# Outcome: succeeded
# Reason: CHG-1042: iPhones of the field staff
#
# What the change did, to be done again. What was created then is declared as new.
# Where it still exists, take the import blocks that are written as comments, and give each grant that you import
# lifecycle { ignore_changes = [claim_values] }: without that, the next apply takes away what was granted since.
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

# import {
#   to = azuread_service_principal.apple_mail
#   id = "/servicePrincipals/4b4c7181-c56f-8f74-ac42-feb502d0a2d0"
# }

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

# import {
#   to = azuread_service_principal_delegated_permission_grant.microsoft_graph
#   id = "/oauth2PermissionGrants/gXFMS2_FdI-sQv61AtCi0HUDWDBWvlmBnnarEKk72D8"
# }

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

# import {
#   to = azuread_service_principal_delegated_permission_grant.exchange_online
#   id = "/oauth2PermissionGrants/gXFMS2_FdI-sQv61AtCi0H_2ACT5samPl3-lO6K0sIg"
# }

resource "azuread_service_principal_delegated_permission_grant" "exchange_online" {
  service_principal_object_id          = azuread_service_principal.apple_mail.object_id
  resource_service_principal_object_id = data.azuread_service_principal.exchange_online.object_id
  claim_values = [
    "EAS.AccessAsUser.All",
    "EWS.AccessAsUser.All",
  ]
}
