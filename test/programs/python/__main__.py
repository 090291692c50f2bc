"""An application that asks another service, in an environment of its own."""

import pulumi

config = pulumi.Config()

SERVER = """
const server = require("node:http").createServer(async (request, response) => {
  const asked = process.env.API_ADDRESS && (await fetch(`http://${process.env.API_ADDRESS}/`));
  response.end(asked ? await asked.text() : `told by the api, with ${process.env.API_KEY.length} characters`);
});
server.listen(8080);
process.on("SIGTERM", () => process.exit());
"""


class EphemeralEnvironment(pulumi.ComponentResource):
    """The component, without an SDK that is generated."""

    namespaceName: pulumi.Output[str]
    addresses: pulumi.Output[dict]

    def __init__(self, name, arguments, options=None):
        outputs = {"namespaceName": None, "addresses": None}
        kind = "dynamic-environments:index:EphemeralEnvironment"
        super().__init__(kind, name, {**arguments, **outputs}, options, remote=True)


def service(name, **more):
    return {
        "name": name,
        "image": config.require("image"),
        "port": 80,
        "containerPort": 8080,
        "healthPath": "/",
        "command": ["node", "--eval", SERVER],
        **more,
    }


cluster = pulumi.ProviderResource(
    "kubernetes",
    "cluster",
    {
        "kubeconfig": "",
        "context": config.require("context"),
        "clusterIdentifier": config.require("context"),
        "enableServerSideApply": False,
    },
)

login = {
    "server": config.require("server"),
    "username": config.require("username"),
    "password": config.require_secret("password"),
}

environment = EphemeralEnvironment(
    "environment",
    {
        "identity": {
            "stack": pulumi.get_stack(),
            "project": "reuse/python",
            "ref": "main",
            "commit": config.require("commit"),
        },
        "application": service("web", uses=["api"]),
        "services": [service("api", secrets={"API_KEY": config.require_secret("password")})],
        "registry": {"logins": [login]},
        "tests": [{"command": ["node", "--eval", "fetch('http://web/').then((page) => page.text()).then(console.log)"]}],
    },
    pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("namespace", environment.namespaceName)
pulumi.export("services", environment.addresses)
