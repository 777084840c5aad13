// Package words is what the gateway says to people, in Chinese and English:
// the names of things, what each reason means and what to do about it, and
// each step of the working as a sentence. It decides nothing and knows no
// transport.
package words
