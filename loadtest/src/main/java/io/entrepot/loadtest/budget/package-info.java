/** A cluster before an upstream that limits it: what it pulls, and the least that can cost. */
package io.entrepot.loadtest.budget;
