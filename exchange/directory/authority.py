"""The domain's authority: certifies members and signs the directory. Its key is needed for nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.directory.at_rest import read_key, write_key
from exchange.directory.certificates import authority_certificate, der, load_certificate, member_certificate
from exchange.directory.key_requests import OwnKeys, challenge, check_possession, read_key_request
from exchange.directory.tokens import TokenKey, restored, stored
from exchange.directory.tokens.stored import place
from exchange.directory.tokens.uri import TokenUri
from exchange.directory.view import read_directory_file, sign_directory
from exchange.envelope import Identity, SigningKey
from exchange.errors import BadDirectory, BadKeys
from exchange.machine.files import make_folder, write_secret
from exchange.schemas import Delegation, Directory, Member, Role, Substitution, Upper
from exchange.schemas.instants import CLOCK_SKEW

_KEY, _CERTIFICATE = "authority.key", "authority.der"
AUTHORITY_TERM = timedelta(days=3650)
MEMBER_TERM = timedelta(days=730)
BRING_THE_KEY = "bring the authority's key there for this command, then take it away again"


@dataclass(frozen=True)
class Ties:
    """What a directory says beside its members: the domain's neighbours in the tree, and who acts for whom."""

    upper: Upper | None = None
    delegations: tuple[Delegation, ...] = ()
    substitutions: tuple[Substitution, ...] = ()

    @classmethod
    def of(cls, directory: Directory | None) -> Ties:
        """Return what a directory says; nothing where there is no directory."""
        return cls(directory.upper, directory.delegations, directory.substitutions) if directory is not None else cls()


@dataclass(frozen=True)
class Authority:
    """An opened authority."""

    domain: str
    certificate: x509.Certificate
    key: SigningKey = field(repr=False)

    @classmethod
    def open_or_create(
        cls, folder: Path, domain: str, now: datetime, valid_for: timedelta = AUTHORITY_TERM
    ) -> Authority:
        """Open the authority in ``folder``, or make a new one, for ten years if nothing else is said.

        Raises BadKeys; also when the key is kept elsewhere, since nobody would believe another authority.
        """
        if not (folder / _KEY).exists():
            if (folder / _CERTIFICATE).exists():
                raise BadKeys("the authority's key is not at {folder}", remedy=BRING_THE_KEY, folder=folder / _KEY)
            new = Ed25519PrivateKey.generate()
            make_folder(folder, 0o700)
            write_secret(folder / _CERTIFICATE, der(authority_certificate(domain, new, now, valid_for)))
            write_key(folder / _KEY, new.private_bytes_raw())
        try:
            key = restored(read_key(folder / _KEY))
        except (OSError, ValueError) as error:
            raise BadKeys(
                "the authority's key in {folder} cannot be read",
                remedy="restore it from the backup of the authority",
                folder=folder,
            ) from error
        certificate = load_authority_certificate(folder)
        if certificate.public_key() != key.public_key():
            raise BadKeys(
                "the authority's key in {folder} is not that of its certificate",
                remedy="restore both from the backup of the authority; where a token has it, name it: exchange key use",
                folder=folder,
            )
        return cls(domain, certificate, key)

    def certify(
        self, address: str, now: datetime, valid_for: timedelta = MEMBER_TERM, signing: SigningKey | None = None
    ) -> Identity:
        """Make new keys for a member where both are on one machine: by request, challenge and proof, as between two.

        ``signing``: its new signing key, which a token has made.
        """
        keys = OwnKeys.generate(address, now, valid_for, signing)
        request = keys.request(now)
        proof = keys.prove(self.challenge(request, now), request)
        return keys.identity(self.certify_request(request, proof, now, valid_for))

    def challenge(self, request: bytes, now: datetime) -> dict[str, bytes]:
        """Return, by encryption key of a request, what only its holder can open. Raises BadKeys."""
        return challenge(read_key_request(request, now), request, self.key)

    def certify_request(
        self, request: bytes, proof: Mapping[str, bytes], now: datetime, valid_for: timedelta = MEMBER_TERM
    ) -> bytes:
        """Return the certificate, DER, for the signing key of a request whose other keys are ``proof`` to be held.

        The authority sees public halves only. Raises BadKeys.
        """
        asked = read_key_request(request, now)
        check_possession(asked, request, proof, self.key)
        made = member_certificate(asked.address, asked.public_key(), self.certificate, self.key, now, valid_for)
        return der(made)

    def member(
        self, identity: Identity, name: str, name_en: str, roles: Sequence[Role], superior: str | None = None,
        codes: Sequence[str] = (),
    ) -> Member:  # fmt: skip
        """Return the directory's entry for a member."""
        return Member(
            address=identity.address,
            name=name,
            name_en=name_en,
            roles=tuple(roles),
            superior=superior,
            codes=tuple(codes),
            certificates=(identity.certificate,),
            encryption_keys=tuple(key.entry() for key in identity.decryption_keys),
        )

    def publish(
        self, path: Path, members: Sequence[Member], now: datetime, expires: datetime, ties: Ties | None = None
    ) -> bool:
        """Sign a directory of ``members`` under the next version; False if the one in force says the same.

        Without ``ties`` neighbours and substitutions stay as they are. A directory in the second half of its term is
        renewed in any case. Raises BadDirectory when what is there is not this authority's.
        """
        present = read_directory_file(path, self.certificate) if path.exists() else None
        if present is not None and present.domain != self.domain:
            raise BadDirectory("{path} is the directory of {domain}", path=path, domain=present.domain)
        ties = ties or Ties.of(present)
        unchanged = present is not None and present.members == tuple(members) and Ties.of(present) == ties
        if present is not None and unchanged and not renewal_due(present, now):
            return False
        directory = Directory(
            domain=self.domain,
            version=(present.version if present else 0) + 1,
            issued_at=now,
            expires_at=expires,
            members=tuple(members),
            upper=ties.upper,
            delegations=ties.delegations,
            substitutions=ties.substitutions,
        )
        make_folder(path.parent)
        write_secret(path, sign_directory(directory, self.key, self.certificate))
        return True


def renewal_due(directory: Directory, now: datetime) -> bool:
    """Return whether a directory is in the second half of its term, or was signed by a clock that was ahead."""
    half = (directory.expires_at - directory.issued_at) / 2
    return now >= directory.issued_at + half or directory.issued_at > now + CLOCK_SKEW


def seal_authority_key(folder: Path) -> bool:
    """Seal the authority's key by the passphrase that is given; return whether it is here. Raises BadKeys."""
    if not (folder / _KEY).exists():
        return False
    write_key(folder / _KEY, read_key(folder / _KEY))
    return True


def authority_place(folder: Path) -> TokenUri | None:
    """Return where in a token the authority's key is; None where it is a file, or not here. Raises BadKeys."""
    return place(read_key(folder / _KEY)) if (folder / _KEY).exists() else None


def authority_at_hand(folder: Path) -> bool:
    """Return whether the authority's key can be used now: its file is here, or the token that has it."""
    if not (folder / _KEY).exists():
        return False
    try:
        uri = authority_place(folder)
        return uri is None or TokenKey.find(uri) is not None
    except BadKeys:
        return False


def keep_authority_key(folder: Path, key: SigningKey) -> None:
    """Keep the authority's key in ``folder``, in the place of the one before; of a token's, where it is.

    Raises BadKeys where it is not the key of the certificate there.
    """
    if load_authority_certificate(folder).public_key() != key.public_key():
        raise BadKeys(
            "the key is not that of the authority's certificate in {folder}",
            remedy="name the key that is; `exchange authority renew --pkcs11 URI` makes another authority in a token",
            folder=folder,
        )
    write_key(folder / _KEY, stored(key))


def load_authority_certificate(folder: Path) -> x509.Certificate:
    """Load the authority's certificate. Raises BadKeys."""
    try:
        return load_certificate((folder / _CERTIFICATE).read_bytes())
    except (OSError, BadDirectory) as error:
        raise BadKeys(
            "the authority's certificate in {folder} cannot be read",
            remedy="restore it from the backup of the authority; `exchange init` makes one for a new domain",
            folder=folder,
        ) from error
