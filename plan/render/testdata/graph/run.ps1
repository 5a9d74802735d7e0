# Runs the scripts of a folder, one for each case of its file cases.json, against a fake of the module, and prints what came of each.
param([string] $Folder)

$env:PSModulePath = $PSScriptRoot + [System.IO.Path]::PathSeparator + $env:PSModulePath
Import-Module 'Microsoft.Graph.Authentication' -MinimumVersion '2.40.0' -Force
$results = @()
$cases = Get-Content -Raw -Encoding UTF8 (Join-Path $Folder 'cases.json') | ConvertFrom-Json
foreach ($case in $cases) {
    Reset-StandIn $case
    if ($case.exchangeLoaded) {
        New-Module -Name 'ExchangeOnlineManagement' -ScriptBlock { $null } | Import-Module
    }
    $parameters = @{}
    foreach ($parameter in $case.parameters.PSObject.Properties) {
        $parameters[$parameter.Name] = $parameter.Value
    }
    $lines = @()
    $warnings = @()
    $output = @()
    $failure = ''
    try {
        & (Join-Path $Folder $case.script) @parameters 3>&1 6>&1 | ForEach-Object {
            if ($_ -is [System.Management.Automation.InformationRecord]) {
                $lines += [string] $_
            }
            elseif ($_ -is [System.Management.Automation.WarningRecord]) {
                $warnings += [string] $_
            }
            else {
                $output += [string] $_
            }
        }
    }
    catch {
        $failure = $_.Exception.Message
    }
    $came = Get-StandInResult
    $results += @{ lines = $lines; warnings = $warnings; output = $output; failure = $failure; slept = $came.slept; connected = $came.connected; open = $came.open }
    if ($case.exchangeLoaded) {
        Remove-Module 'ExchangeOnlineManagement'
    }
}
'RESULTS ' + (ConvertTo-Json -Compress -Depth 5 @{ results = $results })
