"""ЕСИА as an OpenID provider that starts offline; its people are fictional, its checks are real."""
