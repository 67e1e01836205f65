"""Forms of the admin as a browser sends them."""

CANARY = "sk-canary-0123456789"
ADD = "/admin/conversations/deployment/add/"


def deployment_form(**fields):
    return {
        "name": "gpt",
        "kind": "openai",
        "endpoint": "http://vllm:8000/v1",
        "key": CANARY,
        "context_window": "128000",
        "position": "1",
        "enabled": "on",
        "prices-TOTAL_FORMS": "0",
        "prices-INITIAL_FORMS": "0",
        **fields,
    }


def entra_form(**fields):
    given = {"kind": "azure_v1", "endpoint": "https://r.openai.azure.com", "key": "", "authentication": "entra"}
    return deployment_form(**{**given, "tenant_id": "tenant", "client_id": "app", "client_secret": CANARY, **fields})


def address(deployment, verb="change"):
    return f"/admin/conversations/deployment/{deployment.pk}/{verb}/"
