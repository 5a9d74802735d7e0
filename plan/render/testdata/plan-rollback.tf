# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:18 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Warning: Users of Apple Mail are prompted for consent again, or lose mail, as their tokens run out
#   | (up to about a day).
# Note: The deleted service principal can be restored in Entra for 30 days. If it is created again
#   | instead, it gets a new object ID.
# Note: Access tokens that devices already hold are not revoked.
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
# Terraform deletes only what its state holds. Apply this file only in the folder in which the configuration of the change
# that it undoes was applied; anywhere else the removed blocks do nothing. Without such a folder use
# appleconsent rollback, or the same plan as a PowerShell script.
#
# Terraform does not look for what else hangs on the service principal (grants of single users, app role assignments)
# and deletes it with all of that. Look first.

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

removed {
  from = azuread_service_principal.apple_mail

  lifecycle {
    destroy = true
  }
}

removed {
  from = azuread_service_principal_delegated_permission_grant.exchange_online

  lifecycle {
    destroy = true
  }
}

removed {
  from = azuread_service_principal_delegated_permission_grant.microsoft_graph

  lifecycle {
    destroy = true
  }
}

output "note" {
  value = "Terraform deletes only what the state of this folder holds. If it deletes nothing here, nothing was undone: use appleconsent rollback."
}
