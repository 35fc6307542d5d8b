using Microsoft.Extensions.Options;

namespace Record.Core.Identity.Matching;

[OptionsValidator]
internal sealed partial class LinkageOptionsValidator : IValidateOptions<LinkageOptions>;
