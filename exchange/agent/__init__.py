"""Agent: the exchange as a library, for a member's own system.

    with Agent.open("hefei.planning") as agent:
        agent.send(document, ["hefei.housing"])
        large = agent.attach(Path("survey.zip"))  # name it in the document's claims
        for received in agent.receive():
            file_it(received.body)
            received.acknowledge()

A document that was received is signed for at once, by whoever serves the member; ``acknowledge`` says that the member's
own system has it too. Until then it is handed out again, after a crash as well: file by ``message_id`` and nothing is
doubled. A window's agent hands in, withdraws, decides and amends terms, too.
"""

from exchange.agent.agent import Agent
from exchange.agent.received import Received
from exchange.approval.window.adding import Addition
from exchange.approval.window.after.reopening import Reopening
from exchange.approval.window.case_file import CaseFile
from exchange.approval.window.decision import Ruling
from exchange.approval.window.status import CaseStatus
from exchange.approval.window.terms.amending import Amendment

__all__ = ["Addition", "Agent", "Amendment", "CaseFile", "CaseStatus", "Received", "Reopening", "Ruling"]
