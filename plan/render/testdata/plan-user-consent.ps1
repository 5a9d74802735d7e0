<#
.SYNOPSIS
    Lets users consent to Apple's mail client for themselves in one Microsoft Entra tenant.

.DESCRIPTION
    Before each change of a setting it reads what stands, and stops if that is neither what was planned nor what is wanted.
    The settings build on each other: a no to one of them ends the script. Running it twice changes nothing the second time.

    It asks before each change. -WhatIf shows what it would do, -Confirm:$false does not ask.

    Needs Windows PowerShell 5.1 or PowerShell 7 with the modules named below (Install-Module Microsoft.Graph), and for a
    person the Entra role Privileged Role Administrator or a higher one.

.PARAMETER UseExistingConnection
    Use the connection to Microsoft Graph that stands, such as one of an application with a certificate, and do not sign in.
#>

#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Authentication'; ModuleVersion = '2.0.0' }
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Applications'; ModuleVersion = '2.0.0' }

# WARNING: This affects other apps than Apple Mail, too: users can then consent to any app of a
#   | verified publisher that requests only permissions classified as low impact, which now include
#   | access to the user's whole mailbox. The tenant-wide grant (--route admin-consent) is narrower:
#   | it is for this one app, and users see no prompt.
# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:18 UTC.
# Tenant: Contoso
# Tenant ID: 7e000000-0000-4000-8000-000000000000
# Application: Apple Internet Accounts
# Warning: Users can already consent to Apple Mail themselves, so this route is not needed.
# Warning: Microsoft manages the user-consent setting of this tenant. Some such tenants accept another
#   | setting and then discard it. The setting is read back; exit code 4 means that it was discarded.
# Warning: This tenant shows no verified publisher for Apple Internet Accounts. The setting lets users
#   | consent to verified publishers only, so they may still be refused.
# Warning: On macOS, Apple Mail uses Exchange Web Services (EWS). Microsoft has been switching EWS off
#   | in Exchange Online tenant by tenant since 1 October 2026, and switches it off for good on 1
#   | April 2027. Consent alone does not make it work on macOS: until then an Exchange administrator
#   | must also set EWSEnabled to true and add f8d98a96-0999-43f5-8af3-69971c7bb423 to
#   | EwsAllowedAppIDs. iOS and iPadOS use ActiveSync and are not affected.
# Note: Current setting: Microsoft manages user consent, and its list of mail clients lets users
#   | consent to Apple Mail (ManagePermissionGrantsForSelf.microsoft-user-default-recommended,
#   | ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps).
# Note: An app is refused if it requests any permission that is not classified. Other tenants also had
#   | to classify openid, profile, email and offline_access; this program does not change those.
#
# What it does:
#   + Classify: permission EAS.AccessAsUser.All on Office 365 Exchange Online
#   + Classify: permission EWS.AccessAsUser.All on Office 365 Exchange Online
#   ~ Change: user-consent setting in the authorization policy
#       + assign: ManagePermissionGrantsForSelf.microsoft-user-default-low
#       - unassign: ManagePermissionGrantsForSelf.microsoft-user-default-recommended
#       - unassign: ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps

[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [switch] $UseExistingConnection
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$TenantId = '7e000000-0000-4000-8000-000000000000'
$TenantName = 'Contoso'
$Environment = 'Global'
$ClientAppId = 'f8d98a96-0999-43f5-8af3-69971c7bb423'
$Permissions = @('Application.Read.All', 'Policy.ReadWrite.PermissionGrant', 'Policy.ReadWrite.Authorization')
$PermissionsToClassify = @(
    @{
        Resource = 'Office 365 Exchange Online'
        ResourceAppId = '00000002-0000-0ff1-ce00-000000000000'
        ResourceId = 'c1000000-0000-4000-8000-000000000003'
        Permission = 'EAS.AccessAsUser.All'
        PermissionId = '266d2589-20b5-4f91-9a03-89247d1be8da'
    }
    @{
        Resource = 'Office 365 Exchange Online'
        ResourceAppId = '00000002-0000-0ff1-ce00-000000000000'
        ResourceId = 'c1000000-0000-4000-8000-000000000003'
        Permission = 'EWS.AccessAsUser.All'
        PermissionId = '3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5'
    }
)

# All entries of the authorization policy, as they were when this was planned and as they are to be.
$PoliciesBefore = @('ManagePermissionGrantsForSelf.microsoft-user-default-recommended', 'ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps', 'ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team')
$PoliciesAfter = @('ManagePermissionGrantsForSelf.microsoft-user-default-low', 'ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team')

function Connect-PlannedTenant {
    if (-not $UseExistingConnection) {
        Connect-MgGraph -TenantId $TenantId -Scopes $Permissions -Environment $Environment -ContextScope Process -NoWelcome
    }
    $context = Get-MgContext
    if ($null -eq $context) {
        throw 'Not connected to Microsoft Graph.'
    }
    if ($context.TenantId -ne $TenantId) {
        throw ('Connected to tenant {0} instead of {1}. Nothing was changed.' -f $context.TenantId, $TenantId)
    }
    if ($context.Environment -ne $Environment) {
        throw ('Connected to the cloud {0} instead of {1}. Nothing was changed.' -f $context.Environment, $Environment)
    }
}

# Scopes are compared by code unit and without regard to case; -eq would also skip characters that are not seen.
function Test-Scope($List, [string] $Scope) {
    foreach ($item in $List) {
        if ([string]::Equals($item, $Scope, [System.StringComparison]::OrdinalIgnoreCase)) {
            return $true
        }
    }
    return $false
}

function Find-ServicePrincipal([string] $AppId) {
    Get-MgServicePrincipal -Filter ("appId eq '{0}'" -f $AppId) -Property 'id', 'appId', 'displayName' | Select-Object -First 1
}

# The settings build on each other, so that a no to one of them ends the script.
function Test-Yes([string] $Target, [string] $Action) {
    if ($PSCmdlet.ShouldProcess($Target, $Action)) {
        return $true
    }
    if (-not $WhatIfPreference) {
        throw ('No to the {0}. Nothing further was changed.' -f $Target)
    }
    return $false
}

# Returns how a permission is classified now; $null: not at all.
function Get-Classification($Permission) {
    $resource = Find-ServicePrincipal $Permission.ResourceAppId
    if ($null -eq $resource -or $resource.Id -ne $Permission.ResourceId) {
        throw ('The service principal of {0} is gone or another one than was planned. Nothing further was changed.' -f $Permission.Resource)
    }
    Get-MgServicePrincipalDelegatedPermissionClassification -ServicePrincipalId $resource.Id -All |
        Where-Object { $_.PermissionId -eq $Permission.PermissionId } | Select-Object -First 1
}

function Stop-Classified($Permission, $Classification) {
    throw ('{0} on {1} is classified as {2} impact by somebody else. Nothing further was changed.' -f
        $Permission.Permission, $Permission.Resource, $Classification.Classification)
}

function Add-Classification($Permission) {
    $stands = Get-Classification $Permission
    $target = 'permission {0} on {1} in {2}' -f $Permission.Permission, $Permission.Resource, $TenantName
    if ($null -ne $stands -and $stands.Classification -ne 'low') {
        Stop-Classified $Permission $stands
    }
    elseif ($null -ne $stands) {
        Write-Host ('{0}: nothing to do' -f $target)
    }
    elseif (Test-Yes $target 'Classify as low impact') {
        $body = @{ permissionId = $Permission.PermissionId; permissionName = $Permission.Permission; classification = 'low' }
        $null = New-MgServicePrincipalDelegatedPermissionClassification -ServicePrincipalId $Permission.ResourceId -BodyParameter $body -Confirm:$false
    }
}

function Get-ConsentPolicy {
    $policy = Invoke-MgGraphRequest -Method GET -Uri '/v1.0/policies/authorizationPolicy'
    if ($null -eq $policy.defaultUserRolePermissions.permissionGrantPoliciesAssigned) {
        throw 'The answer lacks permissionGrantPoliciesAssigned. Nothing further was changed.'
    }
    $policy.defaultUserRolePermissions.permissionGrantPoliciesAssigned
}

# Tells whether both lists hold the same entries, in whatever order and spelling.
function Test-SamePolicy($One, $Other) {
    $only = @($One | Where-Object { -not (Test-Scope $Other $_) }) + @($Other | Where-Object { -not (Test-Scope $One $_) })
    return $only.Count -eq 0
}

# Tells whether the policies are still to be set, and stops if they are neither what was planned nor what is wanted.
function Test-PolicyDue {
    $stands = @(Get-ConsentPolicy)
    if (Test-SamePolicy $stands $PoliciesAfter) {
        return $false
    }
    if (-not (Test-SamePolicy $stands $PoliciesBefore)) {
        throw ('The authorization policy held [{0}] when this was planned and now holds [{1}]. Nothing further was changed.' -f
            ($PoliciesBefore -join ' '), ($stands -join ' '))
    }
    return $true
}

# The list is replaced as a whole. An empty list of a typed cmdlet may be left out, so that the body is written here.
function Set-ConsentPolicy {
    $target = 'authorization policy of {0}' -f $TenantName
    if (-not (Test-PolicyDue)) {
        Write-Host ('{0}: nothing to do' -f $target)
        return
    }
    if (-not (Test-Yes $target ('Assign {0}' -f ($PoliciesAfter -join ' ')))) {
        return
    }
    $body = @{ defaultUserRolePermissions = @{ permissionGrantPoliciesAssigned = [string[]] $PoliciesAfter } }
    Invoke-MgGraphRequest -Method PATCH -Uri '/v1.0/policies/authorizationPolicy' -ContentType 'application/json' -Body (ConvertTo-Json $body -Depth 4)
    for ($try = 1; $try -le 8; $try++) { # a tenant that Microsoft manages may accept a setting and discard it
        if (Test-SamePolicy @(Get-ConsentPolicy) $PoliciesAfter) {
            return
        }
        Start-Sleep -Seconds (2 * $try)
    }
    throw 'The setting was accepted, and does not show. Nothing further was changed.'
}

Write-Host -ForegroundColor Red -Object 'WARNING: This affects other apps than Apple Mail, too: users can then consent to any app of a verified publisher that requests only permissions classified as low impact, which now include access to the user''s whole mailbox. The tenant-wide grant (--route admin-consent) is narrower: it is for this one app, and users see no prompt.'
Connect-PlannedTenant
$null = Test-PolicyDue # once more before it is set; here so that nothing else is written for a setting that moved
foreach ($permission in $PermissionsToClassify) {
    Add-Classification $permission
}
Set-ConsentPolicy
Write-Host 'Finished. Run the script again to verify: when all changes show, it finds nothing to do.'
