"""By what right a COPY or an UNLOAD reaches S3."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.token_reader import TokenReader

# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-authorization.html
_KEYS = ("access_key_id", "secret_access_key")
_IN_CREDENTIALS = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "token": "session_token",
}


@dataclass
class Authorization:
    """An IAM role, or access keys. The keys are forgotten once read: only their names are kept."""

    iam_role: str | None = None
    keys: set[str] = field(default_factory=set)
    ways: set[str] = field(default_factory=set)
    """Which of the ways was taken that exclude one another."""

    def read(self, option: str, reader: TokenReader) -> None:
        """Read an option of authorization, whose keyword was taken.

        Raises:
            RefusedError: it is malformed.
        """
        self.ways.add(option if option in {"IAM_ROLE", "CREDENTIALS"} else "ACCESS_KEY_ID")
        if option == "IAM_ROLE":
            self.iam_role = "default" if reader.accept_word("default") else reader.string(option)
            if self.iam_role != "default" and not self.iam_role.startswith("arn:aws"):
                raise reader.refused("IAM_ROLE must be the ARN of a role, or default")
        elif option == "CREDENTIALS":
            self._read_credentials(reader.string(option), reader)
        elif not reader.string(option):
            raise reader.refused(f"{option} must not be empty")
        else:
            self.keys.add(option.lower())

    def check(self, command: str) -> None:
        """Look that there is one way to reach S3, and that it is complete.

        Raises:
            RefusedError: there is none, or more than one.
        """
        if len(self.ways) > 1:
            raise RefusedError(
                f"{command}: {', '.join(sorted(self.ways))} exclude one another", sqlstate="42601"
            )
        if self.keys and not self.keys.issuperset(_KEYS):
            raise RefusedError(
                f"{command} needs both ACCESS_KEY_ID and SECRET_ACCESS_KEY", sqlstate="42601"
            )
        if not self.ways:
            raise RefusedError(
                "Must specify credentials: use IAM_ROLE, or ACCESS_KEY_ID and SECRET_ACCESS_KEY, "
                "or CREDENTIALS",
                sqlstate="42601",
            )

    def check_role(self, known: str) -> None:
        """Look that the role is the sandbox's.

        Raises:
            RefusedError: it is another.
        """
        if self.iam_role not in {None, "default", known}:
            raise RefusedError(
                f"User arn:aws:redshift is not authorized to assume IAM Role {self.iam_role}",
                hint=f"The sandbox's role is {known}",
            )

    def _read_credentials(self, text: str, reader: TokenReader) -> None:
        for part in text.split(";"):
            name, _, value = part.partition("=")
            if name == "aws_iam_role" and value:
                self.iam_role = value
            elif name in _IN_CREDENTIALS and value:
                self.keys.add(_IN_CREDENTIALS[name])
            elif name == "master_symmetric_key":
                raise RefusedError.unimplemented("client-side encryption: master_symmetric_key")
            else:
                raise reader.refused(
                    "CREDENTIALS must be 'aws_iam_role=…' or 'aws_access_key_id=…;"
                    "aws_secret_access_key=…[;token=…]'"
                )
