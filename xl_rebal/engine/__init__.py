"""The methods: what drifted, where to go, which trades bring it there."""
