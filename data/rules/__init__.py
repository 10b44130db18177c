"""How are the packaged tables made? The rules, one module a step."""
