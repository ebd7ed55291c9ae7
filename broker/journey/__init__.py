"""One login, from the request of a portal to its answer: ``flow`` is the table of questions,
``login`` the facts, ``context`` what is looked up, ``dispatch`` what moves it, ``completion`` its
end. How a request was written and an answer is sent, a protocol knows (``broker.downstream``);
sessions that outlive a login are in ``broker.sso``.
"""
