# Parses the scripts of a folder with PowerShell's own parser, and looks at them with PSScriptAnalyzer.
param([string] $Folder)

$ErrorActionPreference = 'Stop'
Install-Module -Name 'PSScriptAnalyzer' -RequiredVersion '1.24.0' -Force -Scope CurrentUser
$passed = @(
    'PSAvoidUsingWriteHost' # what is for people is not for the pipeline
    'PSUseShouldProcessForStateChangingFunctions' # the script as a whole asks
    'PSReviewUnusedParameter' # which does not look into script blocks
)
$scripts = @(Get-ChildItem -Path $Folder -Filter '*.ps1')
if ($scripts.Count -eq 0) {
    throw 'There are no scripts.'
}
$count = 0
foreach ($script in $scripts) {
    $errors = $null
    $null = [System.Management.Automation.Language.Parser]::ParseFile($script.FullName, [ref] $null, [ref] $errors)
    $found = @($errors) + @(Invoke-ScriptAnalyzer -Path $script.FullName -ExcludeRule $passed -Severity 'Error', 'Warning')
    $found | Where-Object { $null -ne $_ } | ForEach-Object { '{0}: {1}' -f $script.Name, $_ }
    $count += @($found | Where-Object { $null -ne $_ }).Count
}
'{0} scripts, {1} findings' -f $scripts.Count, $count
exit [int] ($count -gt 0)
