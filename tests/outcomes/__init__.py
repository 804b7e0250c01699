"""Every outcome of docs/delivery.md, injected at a Discord over real HTTP."""
