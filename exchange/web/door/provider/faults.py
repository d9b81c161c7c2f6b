"""Why somebody does not come in by a provider."""

from __future__ import annotations

from exchange.errors import CallerError, Denied
from exchange.language import Text


class ProviderDown(CallerError):
    """Nothing can be asked of the provider now, or what it answers is not to be used."""

    code = "provider-down"

    def __init__(self, why: Text | str) -> None:
        super().__init__(
            Text("the provider cannot be used now: {why}", {"why": why}),
            remedy="sign in with name and password, or try again later",
        )


class NotBegunHere(Denied):
    """What comes back belongs to no sign-in that was begun in this browser of late, or to one that was used."""

    code = "provider-state"

    def __init__(self) -> None:
        super().__init__(
            Text("this sign-in was begun elsewhere or too long ago, or was used already"), remedy="begin it anew"
        )


class NotSignedIn(Denied):
    """The provider has not signed somebody in, or its word for it does not hold."""

    code = "provider-refused"

    def __init__(self, what: Text | None = None) -> None:
        super().__init__(what or Text("the provider has not signed you in"), remedy="begin it anew")


class Unbound(Denied):
    """The provider knows who it is, and no account here is theirs."""

    code = "provider-unbound"

    def __init__(self, issuer: str, subject: str) -> None:
        super().__init__(
            Text("no account here is bound to you at this provider"),
            remedy="give the subject below to whoever manages the accounts",
        )
        self.issuer, self.subject = issuer, subject
