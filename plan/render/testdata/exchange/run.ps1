# Runs the script of the folder against fakes, once for each case of its file cases.json, and prints what came of each.
param([string] $Folder)

Import-Module 'Microsoft.PowerShell.Management', 'Microsoft.PowerShell.Utility'
$PSModuleAutoLoadingPreference = 'None' # the real commands, if they are installed, are not to step in
$results = @()
$cases = Get-Content -Raw -Encoding UTF8 (Join-Path $Folder 'cases.json') | ConvertFrom-Json
foreach ($case in $cases) {
    Import-Module (Join-Path $PSScriptRoot 'standin.psm1') -ArgumentList $case.state -Force
    if ($case.state.graphLoaded) {
        New-Module -Name 'Microsoft.Graph.Authentication' -ScriptBlock { $null } | Import-Module
    }
    $parameters = @{}
    foreach ($parameter in $case.parameters.PSObject.Properties) {
        $parameters[$parameter.Name] = $parameter.Value
    }
    $lines = @()
    $failure = ''
    try {
        & (Join-Path $Folder 'exchange.ps1') @parameters 3>$null 6>$null | ForEach-Object { $lines += [string] $_ }
    }
    catch {
        $failure = $_.Exception.Message
    }
    $result = Get-StandInResult
    $results += @{ lines = $lines; failure = $failure; written = @($result.written); open = $result.open }
    Remove-Module 'standin'
    if ($case.state.graphLoaded) {
        Remove-Module 'Microsoft.Graph.Authentication'
    }
}
'RESULTS ' + (ConvertTo-Json -Compress -Depth 5 @{ results = $results })
