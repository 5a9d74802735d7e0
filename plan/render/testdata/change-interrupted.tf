# Origin: Made by appleconsent from the record of change 20261124T140102Z-0c55d1 of 2026-11-24
#   | 13:58:20 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Operator: admin@contoso.example
# Outcome: Interrupted
# Left out: 2 Create the grant on Microsoft Graph (outcome not known): the answer was lost, and
#   | re-reading did not settle it
# Left out: 3 Create the grant on Office 365 Exchange Online (not begun)
#
# What the change did, to be done again. What was created then is declared as new: where it still stands, take the
# import blocks that are written as comments.
#
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
  tenant_id   = "d01aed31-7639-880a-9db0-325bac4c721e"
  environment = "global"
}

# import {
#   to = azuread_service_principal.apple_mail
#   id = "/servicePrincipals/4b4c7181-c56f-8f74-ac42-feb502d0a2d0"
# }

# It is declared as new. If it stands by then, import it; use_existing would reset its settings to the provider's presets.
resource "azuread_service_principal" "apple_mail" {
  client_id = "f8d98a96-0999-43f5-8af3-69971c7bb423"

  lifecycle {
    ignore_changes = all
  }
}
