<#
Looks at all tenants: for a scheduled task on Windows. docs/drift-alarm.md says how to register it.
The exit code is that of appleconsent, which Task Scheduler shows as the last result: 2 is drift, 1 that not all tenants could be
looked at. An event tells the same in the Application log, if the task may write there.
#>
param(
    [Parameter(Mandatory = $true)][string]$Folder # customers.csv in it names the tenants; drift.md, failed.csv and plans.jsonl are written beside it
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Continue' # what a program says on stderr is no error
Set-Location -LiteralPath $Folder -ErrorAction Stop
Remove-Item -Path 'drift.md', 'failed.csv', 'plans.jsonl' -ErrorAction SilentlyContinue # of last night

appleconsent status --tenants customers.csv --out drift.md --failed failed.csv --quiet
$code = $LASTEXITCODE
if ($code -eq 0) {
    exit 0
}
if ($code -eq 2) {
    $text = 'Drift: consent is not in place in some tenants.'
    appleconsent plan --tenants customers.csv --out plans.jsonl --quiet | Out-Null
} else {
    $text = "Could not look: not all tenants could be looked at (exit code $code)."
}
$text += " See $(Join-Path -Path $Folder -ChildPath 'drift.md')."
Write-Output $text
if (Get-Command -Name eventcreate.exe -ErrorAction SilentlyContinue) {
    $id = [Math]::Min([Math]::Max($code, 1), 1000)
    eventcreate.exe /L APPLICATION /T ERROR /SO appleconsent /ID $id /D $text | Out-Null
}
exit $code
