/** Answers from the audit log: what a process of its own is asked, its answers as text, JSON, CSV and HTML, and what is made of them. */
@NullMarked
package io.entrepot.server.audit.query;

import org.jspecify.annotations.NullMarked;
