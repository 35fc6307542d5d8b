using Identity;

var app = IdentityHost.Build(args);
await app.RunAsync();
