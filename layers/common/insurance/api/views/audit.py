"""What auditors and partners read of the audit: roots, the proof of one event, broken links."""

from base64 import b64encode
from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel

from insurance.api.paging import Page
from insurance.api.views.terms import View
from insurance.domain.audit.root import Leaf, SignedRoot
from insurance.domain.audit.verification import BrokenLink, LinkFault
from insurance.domain.core.identity import Mode
from insurance.operations.audit.ports import EnteredRoot
from insurance.operations.audit.prove_event import ProvedEvent
from insurance.operations.audit.verify_streams import Verification
from insurance.operations.listing import ListPage


class RootDocumentView(BaseModel):
    """What is signed: the canonical JSON (RFC 8785) of these fields."""

    version: Literal[1]
    mode: Mode
    number: int
    day: date
    heads: int
    root: str
    previous: str
    tree: Literal["RFC6962_SHA_256"]
    algorithm: Literal["ECDSA_SHA_256"]
    key_id: str


class RootView(BaseModel):
    """A day's root with its signature."""

    document: RootDocumentView
    signature: str
    public_key: str

    @classmethod
    def of(cls, signed: SignedRoot) -> Self:
        return cls(
            document=RootDocumentView(**dict(signed.root)),
            signature=b64encode(signed.signature).decode(),
            public_key=b64encode(signed.public_key).decode(),
        )


class RootListView(View):
    """A page of roots, in order."""

    items: list[RootView]
    next: str | None

    @classmethod
    def of(cls, result: ListPage[EnteredRoot], *, page: Page) -> Self:
        return cls(
            items=[RootView.of(each.signed) for each in result.items],
            next=page.next(result.next) if result.next else None,
        )


class LeafView(BaseModel):
    """The stream's entry in the root's tree: the SHA-256 of its canonical JSON behind a zero byte is the leaf."""

    stream: str
    first: int
    last: int
    head: str
    events: str

    @classmethod
    def of(cls, leaf: Leaf) -> Self:
        return cls.model_validate(leaf.content)


class EventProofView(View):
    """What leads from one event to a signed root."""

    stream: str
    sequence: int
    hash: str
    content: dict[str, Any] | None
    leaf: LeafView
    event_path: list[str]
    leaf_index: int
    path: list[str]
    late: bool
    root: RootView

    @classmethod
    def of(cls, result: ProvedEvent) -> Self:
        event, proof = result.event, result.proof
        return cls(
            stream=event.stream,
            sequence=event.sequence,
            hash=event.hash.hex(),
            content=event.hashed_content if result.is_shown else None,
            leaf=LeafView.of(proof.leaf),
            event_path=[each.hex() for each in proof.event_path],
            leaf_index=proof.leaf_index,
            path=[each.hex() for each in proof.path],
            late=result.is_late,
            root=RootView.of(result.signed),
        )


class BrokenLinkView(BaseModel):
    """The first place at which something is wrong."""

    stream: str
    sequence: int
    fault: LinkFault

    @classmethod
    def of(cls, broken: BrokenLink) -> Self:
        return cls(**broken._asdict())


class BrokenLinkListView(View):
    """What a call has checked, and what it has found."""

    verified: bool
    roots: int
    streams: int
    events: int
    items: list[BrokenLinkView]
    next: str | None

    @classmethod
    def of(cls, result: Verification, *, page: Page) -> Self:
        return cls(
            verified=not result.broken,
            roots=result.roots,
            streams=result.streams,
            events=result.events,
            items=[BrokenLinkView.of(each) for each in result.broken],
            next=page.next(result.next) if result.next else None,
        )
