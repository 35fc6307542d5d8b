-- Feeds: a message of a sender that was not configured goes to its source once that is: the bytes stay, whose they are is said anew.
grant update (source) on record.message to record_api;
