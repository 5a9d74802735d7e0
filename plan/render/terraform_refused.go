package render

// unsayable is ErrRefused for a good document that a form cannot say.
type unsayable string

func (u unsayable) Error() string { return string(u) }

// Is tells errors.Is that it is refused.
func (u unsayable) Is(target error) bool { return target == ErrRefused }

// undeclarable says what Terraform cannot be told, and what can be used in its place. The provider's requests for such
// resources: github.com/hashicorp/terraform-provider-azuread, issues 879 and 1183.
func undeclarable(p program) error {
	if p.Classifying() || p.Policy != nil {
		return unsayable("the Terraform provider hashicorp/azuread has no resource for permission classifications and the authorization " +
			"policy: use the PowerShell form instead, or apply")
	}
	return unsayable("the configuration leaves the settings of the service principal alone, so that it cannot enable or disable it for " +
		"sign-in: use the PowerShell form instead, or apply")
}
